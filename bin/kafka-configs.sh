#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-configs
. "$home/bin/launch"
