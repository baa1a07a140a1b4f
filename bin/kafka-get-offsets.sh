#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-get-offsets
. "$home/bin/launch"
