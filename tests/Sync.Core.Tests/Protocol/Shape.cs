using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Sync.Core.Tests;

/// <summary>
/// Writes out every public property of a value, however deep, so that two values can be compared whole. Messages hold immutable arrays, which compare by
/// reference, and a property that writer and reader both forget would not show in the bytes.
/// </summary>
internal static class Shape
{
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Add(text, value, "");
        return text.ToString();
    }

    private static void Add(StringBuilder text, object? value, string indent)
    {
        switch (value)
        {
            case null:
                text.Append("null\n");
                break;
            case string or bool or int or long or TimeSpan or CanonicalJson or FieldPath or UInt128 or BucketPath:
                text.Append(CultureInfo.InvariantCulture, $"{value.GetType().Name} {value}\n");
                break;
            case DateTimeOffset instant:
                text.Append(CultureInfo.InvariantCulture, $"{instant:O}\n");
                break;
            case Query query:
                text.Append(CultureInfo.InvariantCulture, $"{query.Key}\n");
                break;
            case Token token:
                text.Append(CultureInfo.InvariantCulture, $"Token {token}\n");
                break;
            case IEnumerable items:
                text.Append("[\n");
                foreach (var item in items) Add(text.Append(indent).Append("  "), item, indent + "  ");
                text.Append(indent).Append("]\n");
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"{value.GetType().Name}\n");
                foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(p => p.Name, StringComparer.Ordinal))
                    Add(text.Append(indent).Append("  ").Append(property.Name).Append(": "), property.GetValue(value), indent + "  ");
                break;
        }
    }
}
