alter table value add column grounds {bytes};
