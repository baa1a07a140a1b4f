#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-verifiable-consumer
. "$home/bin/launch"
