create table evidence (
	run bigint primary key references run (id),
	scope text not null,
	last_at bigint,
	ends_at bigint,
	last_window text not null,
	matures bigint not null
){rowid};
create table model_version (
	run bigint not null references run (id),
	version text not null,
	first_window text not null,
	last_window text not null,
	begins_at bigint,
	ends_at bigint,
	primary key (run, version)
){rowid};
create table gate (
	run bigint not null references run (id),
	position bigint not null,
	detector text not null,
	metric text not null,
	attribute text not null,
	limit_key text not null,
	limit_value text not null,
	pack text not null,
	verdict text not null,
	method_version bigint not null,
	measured bigint not null,
	rests_on_label bigint not null,
	provisional bigint not null,
	primary key (run, position)
){rowid};
create table alarm (
	id {id} primary key,
	audit text not null,
	scope text not null,
	alarm_key text not null,
	kind text not null,
	indicator text not null,
	detector text not null,
	metric text not null,
	attribute text not null,
	limit_key text not null,
	pack text not null,
	window_id text not null,
	since text not null,
	run bigint not null references run (id)
);
create index alarm_of_audit on alarm (audit, scope, alarm_key);
create table alarm_state (
	alarm bigint not null references alarm (id),
	position bigint not null,
	state text not null,
	run bigint references run (id),
	window_id text not null,
	said text not null,
	by_whom text not null,
	written_at text not null,
	primary key (alarm, position)
){rowid};
create table alarm_told (
	alarm bigint not null,
	position bigint not null,
	told_at text not null,
	primary key (alarm, position)
){rowid};
