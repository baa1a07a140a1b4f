#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-reassign-partitions
. "$home/bin/launch"
