-- Pages keep room for the next version of their rows. An update then stays on its page and writes no
-- index, of which people's names alone cost more than the rest of a mute's rows.
alter table public.member set (fillfactor = 80);
alter table public.participant set (fillfactor = 80);
alter table public.room set (fillfactor = 50);
