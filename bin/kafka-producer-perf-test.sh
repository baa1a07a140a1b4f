#!/bin/sh
self=$(readlink -f "$0") && home=$(dirname "$(dirname "$self")") && command=kafka-producer-perf-test
. "$home/bin/launch"
