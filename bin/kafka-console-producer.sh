#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-console-producer
. "$home/bin/launch"
