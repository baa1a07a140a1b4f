#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-server-start
. "$home/bin/launch"
