#!/bin/sh
self=$(readlink -f "$0") && home=${self%/*/*} && command=kafka-transactions
. "$home/bin/launch"
