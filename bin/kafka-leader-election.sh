#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-leader-election
. "$home/bin/launch"
