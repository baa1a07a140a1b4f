#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-log-dirs
. "$home/bin/launch"
