namespace OrderFunction.Contracts;

/// <summary>The tables that orders are written to.</summary>
public static class OrderSchema
{
    public const string Sql = """
        create table if not exists orders (
            id text primary key,
            total numeric(14, 2) not null,
            model_version integer not null,
            request_id text not null);
        create table if not exists order_items (
            order_id text not null references orders (id),
            product text not null,
            quantity integer not null,
            price numeric(14, 2) not null,
            primary key (order_id, product));
        """;
}
