#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-topics
. "$home/bin/launch"
