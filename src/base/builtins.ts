/**
 * Parts of Node that are loaded when they are first needed: each costs a thread half a megabyte to two, and most threads never hash, compress or start a
 * process.
 */
import type * as ChildProcess from 'node:child_process'
import type * as Crypto from 'node:crypto'
import type * as Zlib from 'node:zlib'

export const crypto = (): typeof Crypto => process.getBuiltinModule('node:crypto')
export const zlib = (): typeof Zlib => process.getBuiltinModule('node:zlib')
export const childProcess = (): typeof ChildProcess => process.getBuiltinModule('node:child_process')
