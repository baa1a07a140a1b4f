#!/bin/sh
self=$(readlink -f "$0") && home=$(dirname "$(dirname "$self")") && command=kafka-log-dirs
. "$home/bin/launch"
