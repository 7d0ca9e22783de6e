/** How everything that runs on Node is bundled, in the app and on the command line. */
export const nodeBundle = {
  // Only entries do something when they are loaded. So whoever imports one function from `src/index.ts` does not get all.
  treeshake: { moduleSideEffects: false },
  output: {
    format: 'es',
    // Names and lines stay, for traces that can be read. Comments are only more to read at each start.
    comments: false,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
} as const;
