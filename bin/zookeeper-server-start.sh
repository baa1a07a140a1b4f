#!/bin/sh
self=$(readlink -f "$0") && home=$(dirname "$(dirname "$self")") && command=zookeeper-server-start
. "$home/bin/launch"
