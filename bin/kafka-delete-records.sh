#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-delete-records
. "$home/bin/launch"
