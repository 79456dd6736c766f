import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// The console's own server while developing: HANDOVER_CLOUD=http://127.0.0.1:PORT npm run dev
const cloud = process.env['HANDOVER_CLOUD'] ?? 'http://127.0.0.1:8080';

const words = () =>
	paraglideVitePlugin({
		project: './project.inlang',
		outdir: './src/paraglide',
		// The preferences say which language is shown; see src/state/preferences.svelte.ts.
		strategy: ['globalVariable', 'baseLocale']
	});

export default defineConfig({
	// Relative, so that the same files work from the app's own protocol and from the cloud's root.
	base: './',
	// Tests use the sentences that `npm run words` compiled: the plugin's watcher would keep them from ending.
	plugins: process.env['VITEST'] ? [svelte()] : [words(), svelte()],
	build: {
		// The oldest engines with light-dark(), which the design tokens need.
		target: ['chrome123', 'firefox120', 'safari17.5'],
		// The content security policy allows no data: scripts or styles, so nothing is inlined.
		assetsInlineLimit: 0,
		// A second of parsing on a phone is a camera that opens late; this catches a stray library.
		chunkSizeWarningLimit: 400
	},
	worker: { format: 'es' },
	server: {
		port: 5173,
		strictPort: true,
		// The cloud answers to pages of its own origin alone: it has to see this server's name.
		proxy: { '/api': { target: cloud, changeOrigin: false } }
	},
	test: { include: ['src/**/*.test.ts', 'tests/**/*.test.ts'] }
});
