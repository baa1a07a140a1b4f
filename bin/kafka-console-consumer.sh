#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-console-consumer
. "$home/bin/launch"
