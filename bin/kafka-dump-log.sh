#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-dump-log
. "$home/bin/launch"
