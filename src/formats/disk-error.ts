/** Tells what a file could not do from what the rest of the pipeline could not: only the former is the file's own trouble. */

/** A system error of the disk (ENOENT, EACCES, EIO, …); not a Fault, and not what a delivery was refused with. */
export const isDiskError = (thrown: unknown): thrown is Error & { readonly code: string } =>
  thrown instanceof Error && 'syscall' in thrown && 'code' in thrown && typeof thrown.code === 'string'
