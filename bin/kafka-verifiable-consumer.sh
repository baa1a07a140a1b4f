#!/bin/sh
self=$(readlink -f "$0") && home=$(dirname "$(dirname "$self")") && command=kafka-verifiable-consumer
. "$home/bin/launch"
