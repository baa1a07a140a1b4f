/**
 * A process of its own: sends a file's bytes into a socket and does nothing else. For each byte that its peer sends it reads the next answer, of so many
 * bytes, into memory that it uses again, and writes it. Arguments: the file, bytes to an answer.
 */
import { openSync, readSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'

const [, , path = '', bytesEach = ''] = process.argv
const answer = Buffer.alloc(Number(bytesEach))
const fd = openSync(path, 'r')
let at = 0

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', () => {
    const got = readSync(fd, answer, 0, answer.length, at)
    at += got
    if (got === 0) socket.end()
    else socket.write(answer.subarray(0, got))
  })
})
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`))
