#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-consumer-perf-test
. "$home/bin/launch"
