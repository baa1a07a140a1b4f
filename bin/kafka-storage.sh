#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-storage
. "$home/bin/launch"
