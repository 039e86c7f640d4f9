create table run (
	id {id} primary key,
	audit text not null,
	period text not null,
	as_of text not null,
	spec text not null,
	method text not null,
	result text not null,
	engine text not null,
	verdict text not null,
	rows_read bigint not null,
	rows_audited bigint not null,
	reason text not null,
	written_at text not null
);
create index run_of_audit on run (audit, period, id);
create table input (
	run bigint not null references run (id),
	position bigint not null,
	role text not null,
	path text not null,
	bytes bigint not null,
	sha256 text not null,
	hash text not null,
	row_count bigint not null,
	primary key (run, position)
){rowid};
create table content (
	digest text primary key,
	bytes bigint not null,
	data {bytes} not null
);
create table part (
	id {id} primary key,
	audit text not null,
	part_key text not null,
	class text not null,
	path text not null,
	file_bytes bigint not null,
	digest text not null,
	extent text not null,
	run bigint not null references run (id),
	unique (audit, part_key, class)
);
create index part_of_file on part (audit, path, file_bytes);
create table run_part (
	run bigint not null references run (id),
	part bigint not null,
	primary key (run, part)
){rowid};
create table series (
	id {id} primary key,
	audit text not null,
	scope text not null,
	kind text not null,
	series_key text not null,
	definition text not null,
	rests_on_label bigint not null
);
create index series_of_audit on series (audit, kind, scope);
create table revision (
	audit text not null,
	scope text not null,
	kind text not null,
	window_id text not null,
	run bigint not null references run (id),
	number bigint not null,
	reason text not null,
	provisional bigint not null,
	digest text not null,
	primary key (audit, scope, kind, window_id, run)
){rowid};
create table value (
	series bigint not null references series (id),
	window_id text not null,
	run bigint not null,
	value {float},
	low {float},
	high {float},
	numerator {float},
	denominator {float},
	n bigint,
	provisional bigint not null,
	gone bigint not null,
	primary key (series, window_id, run)
){rowid};
