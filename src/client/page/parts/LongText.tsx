import { Tooltip } from 'antd';
import { useRef, useState, type PropsWithChildren } from 'react';
import { usePage } from '../page-context';
import { ActionLink } from './ActionLink';
import { clampTo, useIsClipped } from './use-is-clipped';

/** Text of any length in a few lines. What does not fit is shown under the pointer, or for good by a button. */
export function LongText({ rows = 3, children }: PropsWithChildren<{ readonly rows?: number }>) {
  const { t } = usePage();
  const text = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const isClipped = useIsClipped(text);
  return (
    <div style={{ minWidth: 0, maxWidth: '100%' }}>
      <Tooltip title={isClipped ? children : undefined}>
        <div ref={text} style={isOpen ? { overflowWrap: 'anywhere' } : clampTo(rows)}>
          {children}
        </div>
      </Tooltip>
      {(isClipped || isOpen) && (
        <ActionLink
          label={isOpen ? t('Show less') : t('Show more')}
          expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
      )}
    </div>
  );
}
