#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-run-class
. "$home/bin/launch"
