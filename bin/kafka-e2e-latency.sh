#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-e2e-latency
. "$home/bin/launch"
