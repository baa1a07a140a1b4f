#!/bin/sh
self=$(readlink -f "$0") && home=$(dirname "$(dirname "$self")") && command=kafka-run-class
. "$home/bin/launch"
