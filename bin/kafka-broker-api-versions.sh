#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-broker-api-versions
. "$home/bin/launch"
