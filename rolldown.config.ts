/**
 * The build of what is published: few files instead of hundreds. Each module that Node loads by itself costs memory and time at the start, and with many
 * of them Node's own path handling runs so hot that its optimizing compiler comes in, whose code alone takes 5 MB. What loads when it is first needed
 * (a source, a tool, the broker's thread) stays apart.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { defineConfig, type Plugin } from 'rolldown'

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

/** What the launchers and the broker's thread begin with, and whatever package.json exports: `dist/src/x.js` is made of `src/x.ts`. */
const manifest = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8')) as Manifest
const exported = Object.values(manifest.exports).flatMap((to) => (typeof to === 'string' ? [] : [to.default]))
const entries = ['./dist/src/main.js', './dist/src/broker/worker.js', ...exported].map((file) =>
  file.slice('./dist/'.length, -'.js'.length),
)

/** Every start needs these libraries, and they are many small files: they come with the bundle, and what they import with them. */
const inlined = new Set(['commander', 'dot-properties', 'pino'])

const isExternal = (id: string, importer: string | undefined): boolean => {
  if (/^[./]/.test(id) || entries.some((entry) => id === `${entry}.ts`)) return false
  return isBuiltin(id) || !(inlined.has(id) || importer?.includes('/node_modules/') === true)
}

/** One chunk for each layer of the house: layers import downwards only, so that no two chunks need each other. */
const layers = {
  base: /\/src\/(base|io)\//,
  config: /\/src\/(config|monitor)\//,
  kafka: /\/src\/protocol\/(?!messages\/)|\/src\/client\/(address|records|[a-z-]*settings)\.ts$/,
  flow: /\/src\/(flow|formats|serializers|interceptors)\//,
  cli: /\/src\/cli\/(command|commands|summaries|print-thrown|options|signals|usage|version|help|standard-output|progress|package-folder)\.ts$/,
  tools: /\/src\/cli\/(jopt|kafka-bootstrap|kafka-failure|kafka-tool)\.ts$/,
  'broker-config': /\/src\/broker\/(config|embedded)/,
  agent: /\/src\/cli\/(agent|agent-run|flume-ng|judge|registry|logging)\.ts$/,
}

/** A single other character makes V8 keep a file's text in two bytes for each character. */
const ascii: Plugin = {
  name: 'ascii',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle))
      if (file.type === 'chunk') {
        const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
        file.code = file.code.replaceAll(/[^\0-\x7f]/g, escape)
      }
  },
}

const licenceOf = (folder: string): string => {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined) throw new Error(`${folder} has no licence text to pass on`)
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}

/** The licences of what was inlined ask that their text goes along. */
const notices: Plugin = {
  name: 'notices',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
    const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? [])
    const packages = [...new Set(folders)].filter((folder) => existsSync(join(folder, 'package.json'))).toSorted()
    this.emitFile({
      type: 'asset',
      fileName: 'NOTICES.txt',
      source: packages.map(licenceOf).join(`\n\n${'-'.repeat(80)}\n\n`),
    })
  },
}

export default defineConfig({
  input: Object.fromEntries(entries.map((entry) => [entry, `${entry}.ts`])),
  platform: 'node',
  external: isExternal,
  plugins: [ascii, notices],
  logLevel: 'warn',
  output: {
    dir: 'dist',
    format: 'esm',
    comments: false,
    chunkFileNames: 'src/chunks/[name]-[hash].js',
    codeSplitting: { groups: Object.entries(layers).map(([name, test]) => ({ name, test })) },
  },
})
