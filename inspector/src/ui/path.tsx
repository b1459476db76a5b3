/** A place of SessionData: it may be broken after its dots, where it does not fit on a line. */
import { Fragment } from 'preact';

export function Path({ text }: { readonly text: string }) {
  const parts = text.split(/(?<=\.)/);
  let at = 0;
  return (
    <>
      {parts.map((part) => {
        at += part.length;
        return (
          <Fragment key={at}>
            {part}
            <wbr />
          </Fragment>
        );
      })}
    </>
  );
}
