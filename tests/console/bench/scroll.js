// What a frame costs the browser's main thread while somebody scrolls through ten thousand devices: by wheel, by the keyboard,
// and while the list is still being read. An empty page as high as the list is scrolled in the same run: what its frames cost,
// and which of them are late, is the machine's. docs/PERFORMANCE.md has what came of it.
//
//   npm --prefix tests/console run bench:scroll -- [--rate 4] [--url http://127.0.0.1:PORT]
//
// Without --url it starts a cloud of its own and makes the devices. --rate slows the processor down, as DevTools do.

import { parseArgs } from 'node:util';

import { launch, open, signIn } from '../src/support/browser.js';
import { Cloud } from '../src/support/cloud.js';
import { makeMany, readAll } from '../src/support/many.js';

const { values } = parseArgs({
	options: {
		url: { type: 'string' },
		rate: { type: 'string', default: '1' },
		steps: { type: 'string', default: '300' }
	}
});
const COUNT = 10_000;
const STEPS = Number(values.steps);
/** Milliseconds of a frame at 60 Hz. */
const FRAME = 1000 / 60;

/** As high as ten thousand rows, with nothing in it. */
const EMPTY = '<div style="height: 100vh; overflow: auto"><div style="height: 760000px"></div></div>';

/** What the main thread spends its time on, by the events of a trace. */
const KINDS = {
	script: [
		'FunctionCall',
		'EvaluateScript',
		'EventDispatch',
		'FireAnimationFrame',
		'RunMicrotasks',
		'TimerFire',
		'XHRReadyStateChange'
	],
	layout: ['UpdateLayoutTree', 'Layout', 'HitTest', 'IntersectionObserverController::computeIntersections'],
	paint: ['PrePaint', 'Paint', 'Layerize', 'Commit', 'UpdateLayer'],
	garbage: ['MinorGC', 'MajorGC', 'V8.GCScavenger', 'V8.GCIncrementalMarking']
};
const CATEGORIES = [
	'toplevel',
	'devtools.timeline',
	'disabled-by-default-devtools.timeline',
	'devtools.timeline.frame',
	'v8',
	'__metadata'
];

/** Records while something is done: all events, as Chromium tells them. */
async function traced(cdp, act) {
	const events = [];
	const collect = ({ value }) => events.push(...value);
	cdp.on('Tracing.dataCollected', collect);
	await cdp.send('Tracing.start', {
		transferMode: 'ReportEvents',
		traceConfig: { includedCategories: CATEGORIES }
	});
	await act();
	const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
	await cdp.send('Tracing.end');
	await complete;
	cdp.off('Tracing.dataCollected', collect);
	return events;
}

/** The thread that runs the page's scripts: of all renderers the one that did most. */
function mainThread(events) {
	const named = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
	const busy = ({ pid, tid }) => events.filter((event) => event.pid === pid && event.tid === tid).length;
	return named.sort((one, other) => busy(other) - busy(one))[0];
}

/** Milliseconds of events, without those that are within another one of the same list. */
function spent(events) {
	let end = 0;
	let sum = 0;
	for (const { ts, dur, tdur } of [...events].sort((one, other) => one.ts - other.ts)) {
		if (ts < end) continue;
		end = ts + dur;
		sum += tdur ?? dur;
	}
	return sum / 1000;
}

/** What each frame cost: its time of the processor, which does not count whatever else ran on the machine. */
function frames(events) {
	const { pid, tid } = mainThread(events);
	const own = events.filter((event) => event.pid === pid && event.tid === tid);
	const begins = own.filter(({ name, ph }) => name === 'AnimationFrame' && ph === 'b').map(({ ts }) => ts);
	begins.sort((one, other) => one - other);
	const whole = own.filter(({ ph, dur }) => ph === 'X' && dur !== undefined);
	return begins.slice(0, -1).map((start, index) => {
		const within = whole.filter(({ ts }) => ts >= start && ts < begins[index + 1]);
		const of = (names) => spent(within.filter(({ name }) => names.includes(name)));
		const kinds = Object.entries(KINDS).map(([kind, names]) => [kind, of(names)]);
		return { all: spent(within), ...Object.fromEntries(kinds) };
	});
}

const quantile = (numbers, share) =>
	[...numbers].sort((one, other) => one - other)[Math.floor(share * (numbers.length - 1))] ?? 0;

function report(name, events, long) {
	const all = frames(events);
	const of = (kind, share) =>
		quantile(
			all.map((frame) => frame[kind]),
			share
		).toFixed(2);
	const late = all.filter((frame) => frame.all > FRAME).length;
	const [script, layout, paint] = ['script', 'layout', 'paint'].map((kind) => of(kind, 0.95));
	const garbage = Math.max(0, ...all.map((frame) => frame.garbage)).toFixed(2);
	console.log(
		`| ${name} | ${all.length} | ${of('all', 0.5)} | ${of('all', 0.95)} | ${script} | ${layout} | ${paint} | ${of('all', 1)} | ${garbage} | ${late} | ${long} |`
	);
}

/** A page, what waits for its next frame, what turns the wheel over it, and what measures that. */
async function watched(page) {
	page.setDefaultTimeout(600_000);
	const counts = () => {
		window.longTasks = 0;
		new PerformanceObserver((list) => (window.longTasks += list.getEntries().length)).observe({
			type: 'longtask'
		});
	};
	await page.addInitScript(counts);
	await page.evaluate(counts);
	const cdp = await page.context().newCDPSession(page);
	await cdp.send('Emulation.setCPUThrottlingRate', { rate: Number(values.rate) });
	const frame = () => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve())));
	const wheel = (by) => async () => {
		for (let step = 0; step < STEPS; step += 1) {
			await page.mouse.wheel(0, by);
			await frame();
		}
	};
	const measured = async (name, act) => {
		await page.evaluate(() => (window.longTasks = 0));
		const events = await traced(cdp, act);
		report(name, events, await page.evaluate(() => window.longTasks));
	};
	return { page, frame, wheel, measured };
}

const cloud = values.url ? undefined : await Cloud.start();
const browser = await launch();
try {
	if (cloud) await makeMany(cloud, COUNT);
	console.log(
		'| | frames | median ms | 95 % ms | script | layout | paint | longest ms | garbage | over 16.7 | long tasks |'
	);
	console.log('|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|');
	const empty = await watched(await open(browser));
	await empty.page.setContent(EMPTY);
	await empty.page.mouse.move(640, 500);
	await empty.measured('an empty page', empty.wheel(240));
	await empty.measured('an empty page, fast', empty.wheel(1200));
	await empty.page.context().close();
	const { page, frame, measured, wheel } = await watched(await open(browser));
	await signIn(page, values.url ?? cloud.url, 'Maker');
	await page.getByRole('button', { name: 'Show more' }).click();
	await page.getByText(/^100 of/).waitFor();
	const list = page.getByRole('list', { name: 'Devices' });
	await page.mouse.move(640, 500);
	await measured('wheel, while it is read', wheel(240));
	await readAll(page, COUNT);
	await measured('wheel, up', wheel(-240));
	await measured('wheel, fast, up', wheel(-1200));
	await list.getByRole('link').nth(20).focus();
	await measured('arrow down', async () => {
		for (let step = 0; step < STEPS; step += 1) {
			await page.keyboard.press('ArrowDown');
			await frame();
		}
	});
	await measured('Home and End', async () => {
		for (let step = 0; step < 20; step += 1) {
			await page.keyboard.press(step % 2 ? 'Home' : 'End');
			await frame();
		}
	});
} finally {
	await browser.close();
	await cloud?.stop();
}
