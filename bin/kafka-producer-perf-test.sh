#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-producer-perf-test
. "$home/bin/launch"
