#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-verifiable-producer
. "$home/bin/launch"
