#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-consumer-groups
. "$home/bin/launch"
