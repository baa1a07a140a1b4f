#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=zookeeper-server-start
. "$home/bin/launch"
