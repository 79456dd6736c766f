import { mount } from 'svelte';

import Root from './Root.svelte';
import { connect } from './host';
import { Preferences } from './state/preferences.svelte';
import './styles/tokens.css';
import './styles/base.css';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element #app');

const preferences = new Preferences();
preferences.apply();

// The address is read before anything routes by it: a claim link's secret must not become a page of the history.
const host = await connect();
mount(Root, { target, props: { host, preferences } });
