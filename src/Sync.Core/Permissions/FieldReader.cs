using System.Linq.Expressions;

namespace Sync;

/// <summary>A field that a ready-made rule looks at: named for conditions and look-ups, read from records.</summary>
internal sealed class FieldReader<T, TValue>(Expression<Func<T, TValue>> field)
{
    private readonly Func<T, TValue> _read = field.Compile();

    public Expression<Func<T, TValue>> Field { get; } = field;

    /// <summary>The value; none where the way to it leads through nothing.</summary>
    public TValue? Of(T record)
    {
        try
        {
            return _read(record);
        }
        catch (NullReferenceException) // The expression of x => x.Address.City knows no "?.".
        {
            return default;
        }
    }
}
