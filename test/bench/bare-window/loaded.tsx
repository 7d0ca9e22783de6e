import { App } from '../../../renderer/window/app.tsx';
import './page.tsx';

/* The window's own code is loaded, and nothing of it is drawn. The name keeps the bundler from leaving it out. */
Object.assign(globalThis, { App });
