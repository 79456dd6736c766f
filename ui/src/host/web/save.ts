// Files that the browser saves where it saves all others.

/** Long enough for any browser to have begun; then the memory is free again. */
const KEPT = 60_000;

export function saveAs(file: Blob, name: string): void {
	const link = document.createElement('a');
	link.href = URL.createObjectURL(file);
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}
