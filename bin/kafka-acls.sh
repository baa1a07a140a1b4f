#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-acls
. "$home/bin/launch"
