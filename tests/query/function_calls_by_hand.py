"""Calls of the functions whose signature doesn't say what they take: a lambda, a constant of a certain form,
a list where any type is named, aggregates that are macros."""

SCALARS = """
(k)!; factorial(k); concat(n, note); (note || name); date_add(day, iv); days_in_month(day); fdiv(n, k + 1); fmod(n, k + 1)
greatest(n, k); least(n, k); nullif(n, k); pg_size_pretty(rid); round_even(x, 1); roundbankers(x, 1); row_to_json(st)
ilike_escape(name, note, '$'); like_escape(name, note, '$'); not_ilike_escape(name, note, '$'); not_like_escape(name, '%', '$')
list_prepend(n, l); struct_concat(st, {'z': n}); struct_keys(st); time_bucket(INTERVAL 2 DAYS, ts); time_bucket(INTERVAL 1 DAY, day)
unnest(l); unnest(st); row(n, note); acos(x / 8); asin(x / 8); atanh(x / 9); cot(x + 1); gamma(x + 1)
lgamma(x + 1); ln(x + 1); log(x + 1); log10(x + 1); log2(x + 1); cardinality(m); switch(n, MAP {1: 'a', 2: 'b'}, 'c')
array_append(l, n); list_append(l, n); array_push_back(l, n); array_push_front(l, n); array_prepend(n, l)
array_slice(l, 1, 2); list_slice(note, 1, n); array_to_string(ls, '-'); array_to_string_comma_default(ls, ',')
date_part('year', day); date_part(['year', 'month'], ts); datepart('hour', ts); date_part('epoch', atz)
datesub('day', day, DATE '2013-02-01'); datediff('month', day, ts::DATE); datetrunc('week', ts); timezone('Asia/Tokyo', ts)
element_at(m, 'p'); map_contains(m, note); map_extract(m, 'p'); map_extract_value(m, note); struct_extract(st, 'b')
md5_number_lower(note); md5_number_upper(name); regexp_split_to_table(name, ' '); equi_width_bins(n, n + 9, 3, true)
hamming(small::VARCHAR, small::VARCHAR); mismatches(k::VARCHAR, (k % 3)::VARCHAR); ago(iv); pg_typeof(n)
date_trunc('month', ts); date_diff('day', day, ts::DATE); date_sub('hour', ts, TIMESTAMP '2013-02-01')
enum_code((k % 2 + 1)::VARCHAR::ENUM('1', '2')); list_bool_and([flag]); list_bool_or([flag])
from_base64(repeat(small::VARCHAR, 4)); from_binary((n % 2)::VARCHAR); unbin((n % 2)::VARCHAR)
from_json(js, '{"a": "BIGINT"}'); from_json_strict(js, '{"a": "BIGINT"}'); json_transform(js, '{"a": "BIGINT"}')
json_transform_strict(js, '{"a": "BIGINT"}'); json_object('a', n); json_object(note, js); json_object(name, x)
map_concat(m, MAP {'z': k}); map_contains_entry(m, 'q', k); map_contains_value(m, k)
parse_formatted_bytes(note || ' MB'); position('1' IN note); set_bit(n::BIT, k, 1); split_part(name, ' ', k)
strptime(note, '%S'); strptime(day::VARCHAR, '%Y-%m-%d'); try_strptime(note, ['%S', '%d'])
struct_contains(row(n, k), 3); struct_has(row(n, k), 3); struct_indexof(row(n, k), 3); struct_position(row(n, k), 3)
struct_insert(st, d := n); struct_pack(a := n); union_value(a := n)
uuid_extract_timestamp(replace(u::VARCHAR, '-4000-', '-7000-')::UUID); substr(name, k, n); left(name, n)
regexp_replace(name, note, 'x', 'g'); regexp_extract(name, '([a-z]+) (\\d)', ['a', 'b']); strftime(ts, '%A %j')
array_value(n, k); ([x, f] <-> [n, k]); ([x, 1] <=> [n, 1]); list_zip(l, ls); format('{} {:>5}', name, n); printf('%d %s', n, note); make_date(st.a, 1, 1)
epoch_ns(ts); epoch_ns(day); epoch_ms(n); chr(k); jaccard(note, 'a'); to_base(n, 2); bar(n, 0, 50, 10)
enum_first((k % 2 + 1)::VARCHAR::ENUM('1', '2')); enum_last((k % 2 + 1)::VARCHAR::ENUM('1', '2')); enum_range((k % 2 + 1)::VARCHAR::ENUM('1', '2'))
enum_range_boundary('1'::ENUM('1', '2'), '2'::ENUM('1', '2')); try_cast(note AS ENUM('1', '2'))
"""
AGGREGATES = """
quantile(n, 0.5); quantile_disc(x, 0.5); quantile_disc(day, [0.1, 0.9])
geomean(n + 1); geometric_mean(x + 1); json_group_array(note); json_group_object(rid, n); json_group_structure(js)
wavg(n, k); weighted_avg(x, k); histogram(n, [1, 20]); histogram_exact(n, [1, 2]); quantile_cont(n, [0.1, 0.5])
"""
ONLY_WINDOWS = """
ntile(k + 1); ntile(3); row_number(); rank(); rank_dense(); dense_rank(); percent_rank(); cume_dist(); lag(n); lead(note)
first_value(note); last_value(note); nth_value(note, 2); fill(x); lag(n, k, n); lead(name, k)
"""
WITH_LAMBDAS = {
    **dict.fromkeys(
        ("apply", "array_apply", "array_transform", "list_apply", "list_transform"),
        ("(l, lambda e: e + 1)", "([n], lambda e: e * 1000)", "([note], lambda e: e || n)"),
    ),
    **dict.fromkeys(
        ("filter", "array_filter", "list_filter"), ("(l, lambda e: e > 1)", "([n], lambda e: e * 1000 > k)")
    ),
    **dict.fromkeys(("reduce", "array_reduce", "list_reduce"), ("([n, k], lambda p, q: p + q)",)),
    **dict.fromkeys(
        ("list_aggr", "list_aggregate", "array_aggr", "array_aggregate"), ("(l, 'sum')", "([x], 'avg')")
    ),
    **dict.fromkeys(
        [
            f"list_{name}"
            for name in ("avg", "bit_and", "bit_or", "bit_xor", "kurtosis", "kurtosis_pop", "mad")
        ]
        + [f"list_{name}" for name in ("product", "sem", "skewness", "stddev_pop", "stddev_samp", "sum")]
        + ["list_var_pop", "list_var_samp"],
        ("([n, k, rid, 2])",),
    ),
    **dict.fromkeys(
        [f"list_{name}" for name in ("cosine_distance", "cosine_similarity", "distance", "dot_product")]
        + ["list_inner_product", "list_negative_dot_product", "list_negative_inner_product"],
        ("([x, f, 1], [n, k, 2])",),
    ),
}


def listed(text: str) -> list[str]:
    return [call.strip() for line in text.strip().splitlines() for call in line.split(";") if call.strip()]
