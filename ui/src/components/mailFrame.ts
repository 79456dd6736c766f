// A mail's HTML in a frame of its own, where no script runs and nothing is loaded.
//
// The page's content security policy holds in the frame, too, and refuses styles within markup. They are taken out
// before the frame reads it, and put on by the object model, which the policy lets this page do.

/** The attribute that a style waits in. */
const WAITING = 'data-style';

export interface MailMarkup {
	/** A document without styles. */
	markup: string;
	/** What stood in its style sheets. */
	sheet: string;
}

/**
 * Takes the styles out. The cloud's letters alone come here: what people typed is escaped in them, so that neither a tag
 * nor an attribute of that form stands anywhere else.
 */
export function withoutStyles(html: string): MailMarkup {
	let sheet = '';
	const markup = html
		.replace(/<style>([\s\S]*?)<\/style>/g, (_, rules: string) => {
			sheet += rules;
			return '';
		})
		.replaceAll(' style="', ` ${WAITING}="`);
	return { markup, sheet };
}

/** Puts the styles on once the frame has read the document, makes it as high as that, and hands links over. */
export function dress(frame: HTMLIFrameElement, sheet: string, onlink: (link: string) => void): () => void {
	const inside = frame.contentWindow as (Window & typeof globalThis) | null;
	const page = frame.contentDocument;
	if (!inside || !page) return () => undefined;
	const styles = new inside.CSSStyleSheet();
	styles.replaceSync(sheet);
	page.adoptedStyleSheets = [styles];
	for (const element of page.querySelectorAll<HTMLElement>(`[${WAITING}]`)) {
		element.style.cssText = element.getAttribute(WAITING) ?? '';
	}
	// Were a click not caught, it would open nothing: the frame may open no window.
	for (const link of page.querySelectorAll('a')) link.target = '_blank';
	page.addEventListener('click', (event) => {
		const link = (event.target as Element).closest('a');
		if (!link) return;
		event.preventDefault();
		onlink(link.href);
	});
	const grow = () => {
		frame.style.blockSize = `${page.body.scrollHeight}px`;
	};
	grow();
	const observer = new ResizeObserver(grow);
	observer.observe(page.body);
	return () => observer.disconnect();
}
