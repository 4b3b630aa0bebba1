package ec2_test

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/internal/jsonstream"
	"github.com/stowage/stowage/pricing/ec2"
)

func sample(t testing.TB, name string) string {
	text, err := os.ReadFile("testdata/aws/" + name)
	require.NoError(t, err)
	return string(text)
}

func texts(prices map[string]catalog.Price) map[string]string {
	out := map[string]string{}
	for name, p := range prices {
		out[name] = p.String()
	}
	return out
}

// Both forms of the list say the same. Other tenancies, unused reservations, other
// regions and terms are passed over.
func TestReadPriceList(t *testing.T) {
	for _, file := range []string{"offerfile.json", "products.json"} {
		list, err := ec2.ReadPriceList(strings.NewReader(sample(t, file)), "eu-west-1", "")
		require.NoError(t, err)
		require.Equal(t, map[string]string{
			"c5.large": "0.096", "m5.large": "0.107", "m5d.large": "0.126", "m6g.large": "0.086", "c7i.large": "0.1017",
			"g4dn.xlarge": "0.587", "inf2.xlarge": "0.8338",
		}, texts(list.Prices), file)
		require.Equal(t, "USD", list.Currency)
		require.Equal(t, time.Date(2026, 8, 18, 21, 15, 0, 0, time.UTC), list.AsOf)

		windows, err := ec2.ReadPriceList(strings.NewReader(sample(t, file)), "eu-west-1", "Windows")
		require.NoError(t, err)
		require.Equal(t, "0.199", windows.Prices["m5.large"].String())
		require.Len(t, windows.Prices, 5)
	}
	objects := strings.NewReplacer(`"{`, `{`, `}"`, `}`, `\"`, `"`).Replace(sample(t, "products.json"))
	list, err := ec2.ReadPriceList(strings.NewReader(objects), "eu-west-1", "")
	require.NoError(t, err)
	require.Len(t, list.Prices, 7)
	virginia, err := ec2.ReadPriceList(strings.NewReader(sample(t, "offerfile.json")), "us-east-1", "Linux")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"m5.large": "0.096"}, texts(virginia.Prices))
}

func TestReadPriceListRefuses(t *testing.T) {
	for _, test := range []struct{ file, old, new, want string }{
		{"offerfile.json", `"USD": "0.1070000000"`, `"USD": "-0.1"`, `m5.large: price "-0.1"`},
		{"offerfile.json", `"USD": "0.1070000000"`, `"USD": "0.10700000001e5"`, `m5.large: price "0.10700000001e5" is not a decimal number`},
		{"offerfile.json", `"USD": "0.1070000000"`, `"CNY": "0.1070000000"`, "m5.large: its price is in CNY, that of others in USD"},
		{"offerfile.json", `"USD": "0.1070000000"`, `"USD": "0.107", "CNY": "1"`, "m5.large has a price in 2 currencies, not in one"},
		{"offerfile.json", `"USD": "0.1070000000"`, `"USD": 0.107`, "there is a number where a string is expected"},
		{"offerfile.json", `"instanceType": "m5.large"`, `"instanceType": "c5.large"`, "c5.large: it has two prices, 0.096 and 0.107"},
		{"offerfile.json", `"instanceType": "m5.large"`, `"instanceType": ""`, "has no sku or no instanceType"},
		{"offerfile.json", `"products"`, `"produce"`, "the terms come before the products"},
		{"offerfile.json", `"terms"`, `"term"`, "there are no terms here"},
		{"offerfile.json", `"regionCode": "eu-west-1"`, `"regionCode": "eu-west-2"`, `no instance type with Linux has a price in region "eu-west-1"`},
		{"offerfile.json", "2026-08-18T21:15:00Z", "yesterday", `line 6, column 22: publicationDate: the publication date "yesterday" is not like`},
		{"products.json", `\"USD\":\"0.1070000000\"`, `\"USD\":0.107`, "in it: line 1, column"},
		{"products.json", `"PriceList"`, `"Prices"`, "there are no products here and no PriceList"},
		{"products.json", "{\n", "{\"NextToken\": \"x\",\n", "there is more than this page"},
	} {
		text := sample(t, test.file)
		require.Contains(t, text, test.old)
		list, err := ec2.ReadPriceList(strings.NewReader(strings.ReplaceAll(text, test.old, test.new)), "eu-west-1", "Linux")
		require.ErrorContains(t, err, test.want)
		require.Nil(t, list)
	}
}

// A file that is cut off anywhere is an error with a place.
func TestPriceReadersRefuseHalves(t *testing.T) {
	for _, file := range []string{"offerfile.json", "products.json", "spot.json"} {
		text := strings.TrimSpace(sample(t, file))
		for i := 0; i < len(text); i += 1 + i/50 {
			r := strings.NewReader(text[:i])
			var err error
			if file == "spot.json" {
				_, err = ec2.ReadSpotPrices(r)
			} else {
				_, err = ec2.ReadPriceList(r, "eu-west-1", "Linux")
			}
			var fault *jsonstream.Error
			require.ErrorAs(t, err, &fault, "%s, first %d bytes", file, i)
			require.Equal(t, 1+strings.Count(text[:i], "\n"), fault.Line, err)
		}
	}
}

// Whatever is in a file, it is read or there is an error with a place; no price is
// negative.
func FuzzPriceReaders(f *testing.F) {
	for _, file := range []string{"offerfile.json", "products.json", "spot.json"} {
		text := sample(f, file)
		text = text[:len(text)/8] // quicker
		f.Add(text)
		for _, digit := range []string{"0", "1", "2"} {
			f.Add(strings.ReplaceAll(text, digit, "[]"))
			f.Add(strings.ReplaceAll(text, digit, "-9"))
		}
		f.Add(strings.ReplaceAll(text, "a", "b"))
	}
	f.Add(`{"products": {"s": {"sku": "s", "productFamily": "Compute Instance", "attributes": {"instanceType": "t", "regionCode": "eu-west-1",
"operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used"}}},
"terms": {"OnDemand": {"s": {"s.t": {"priceDimensions": {"r": {"unit": "Hrs", "pricePerUnit": {"USD": "0.12345678951"}}}}}}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var fault *jsonstream.Error
		list, err := ec2.ReadPriceList(strings.NewReader(text), "eu-west-1", "Linux")
		if err != nil {
			require.ErrorAs(t, err, &fault)
		} else {
			for name, p := range list.Prices {
				require.Positive(t, p, name)
			}
		}
		prices, err := ec2.ReadSpotPrices(strings.NewReader(text))
		if err != nil {
			require.ErrorAs(t, err, &fault)
			return
		}
		for _, percentile := range []int{0, 1, 50, 100} {
			_, err = ec2.Spot{Percentile: percentile}.Source(prices)
			if err != nil {
				require.ErrorContains(t, err, "spot: none of")
			}
		}
	})
}

// generated is an offer file of products products; one in a hundred is wanted. It is made
// as it is read.
func generated(products int) io.Reader {
	r, w := io.Pipe()
	go func() {
		filler := strings.Repeat(`"attribute": "as the offer file has a good many of them", `, 20)
		fmt.Fprint(w, `{"formatVersion": "v1.0", "publicationDate": "2026-08-18T21:15:00Z", "products": {`)
		for i := range products {
			tenancy := "Dedicated"
			if i%100 == 0 {
				tenancy = "Shared"
			}
			fmt.Fprintf(w, `%s
"SKU%012d": {"sku": "SKU%012d", "productFamily": "Compute Instance", "attributes": {%s"instanceType": "x%d.large", "regionCode": "eu-west-1",
 "operatingSystem": "Linux", "tenancy": %q, "preInstalledSw": "NA", "capacitystatus": "Used"}}`, comma(i), i, i, filler, i/100%1400, tenancy)
		}
		for _, kind := range []string{`}, "terms": {"OnDemand"`, `}, "Reserved"`} {
			fmt.Fprint(w, kind+": {")
			for i := range products {
				fmt.Fprintf(w, `%s
"SKU%012d": {"SKU%012d.T": {"priceDimensions": {"r": {%s"unit": "Hrs", "pricePerUnit": {"USD": "0.%d"}}}}}`, comma(i), i, i, filler, 1000+i/100%1400)
			}
		}
		_, err := fmt.Fprintln(w, "}}}")
		w.CloseWithError(err)
	}()
	return r
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

// peak reads and remembers the most memory that was in use.
type peak struct {
	io.Reader
	reads int
	most  uint64
}

func (p *peak) Read(b []byte) (int, error) {
	if p.reads++; p.reads%500 == 0 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		p.most = max(p.most, m.HeapAlloc)
	}
	return p.Reader.Read(b)
}

// Memory does not grow with the file, but by what is kept of the products that are
// wanted.
func TestOfferFileInLittleMemory(t *testing.T) {
	most := map[int]uint64{}
	for _, products := range []int{1_000, 8_000} {
		r := &peak{Reader: generated(products)}
		list, err := ec2.ReadPriceList(r, "eu-west-1", "Linux")
		require.NoError(t, err)
		require.Len(t, list.Prices, products/100)
		most[products] = r.most
	}
	require.Less(t, most[8_000], most[1_000]+1<<20, "bytes")
}

// BenchmarkOfferFile reads a file of a gigabyte; GODEBUG=gctrace=1 or
// /usr/bin/time -v show the memory.
func BenchmarkOfferFile(b *testing.B) {
	for b.Loop() {
		r := &counted{Reader: generated(280_000)}
		_, err := ec2.ReadPriceList(r, "eu-west-1", "Linux")
		require.NoError(b, err)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(r.n)/1e6, "MB")
		b.ReportMetric(float64(m.Sys)/1e6, "MB-of-memory")
	}
}

type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += n
	return n, err
}
