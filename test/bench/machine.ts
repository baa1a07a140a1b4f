import { cpus, release, totalmem } from 'node:os'

/** One line about the machine, for the head of a table of figures. */
export const machine = (): string => {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${cpus().length} × ${model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}, Node ${process.version}, everything over loopback, input in the page cache.`
}
