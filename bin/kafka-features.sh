#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-features
. "$home/bin/launch"
