import type { Story } from '../../words/story.ts';

/** A story as coloured text. */
export function StoryText({ story }: { readonly story: Story }) {
  let offset = 0;
  return story.map(({ text, tone, whole }) => {
    offset += text.length;
    return tone === 'plain' ? (
      <span key={offset}>{text}</span>
    ) : (
      <em key={offset} className={tone} title={whole}>
        {text}
      </em>
    );
  });
}
