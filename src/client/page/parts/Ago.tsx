import { Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { formatAgo, formatTime } from '../format';
import { usePage } from '../page-context';

/** How long a text such as `40 seconds ago` stands before it is looked at again, in ms. */
const WITHIN_A_MINUTE = 5000;
const LATER = 30_000;

/** A point in time, as an ISO date, as `3 minutes ago`, and the exact time on hover. */
export function Ago({ time }: { readonly time: string }) {
  const { locale } = usePage();
  const [now, setNow] = useState(Date.now);
  const age = now - new Date(time).getTime();
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), age < 60_000 ? WITHIN_A_MINUTE : LATER);
    return () => clearTimeout(timer);
  }, [age]);
  return (
    <Tooltip title={formatTime(time, locale)}>
      <time dateTime={time}>{formatAgo(time, locale, Math.max(now, new Date(time).getTime()))}</time>
    </Tooltip>
  );
}
